// The precompiled header of the tests belongs to this file; test_main.cpp cannot use it.
