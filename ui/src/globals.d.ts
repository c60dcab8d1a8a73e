/** Whether this build holds the fake backend; a constant, so that the window's own build drops the fake's code. */
declare const __WITH_FAKE__: boolean;
