// a header that a lower room must not see
