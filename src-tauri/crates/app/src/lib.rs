//! The application: the one API that the command line and the window both call.
