"""Languages that Baken does not write, through deep-translator. Off unless the operator switched it on."""
