Plugin = "acme"
