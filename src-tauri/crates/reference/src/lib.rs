//! The reference of a case, BF-XXXX-XXXX: made to be read over the phone.
