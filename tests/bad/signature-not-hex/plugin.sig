this is no signature
