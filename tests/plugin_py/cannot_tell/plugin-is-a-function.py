def Plugin():
    return 1
