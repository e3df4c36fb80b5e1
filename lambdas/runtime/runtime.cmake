# The runtime hosts: shared objects beside the binary, loaded when first needed.
