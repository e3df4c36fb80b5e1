add_library(fractus_models INTERFACE)
