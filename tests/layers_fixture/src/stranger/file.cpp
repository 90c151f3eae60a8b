// a folder that is no room
