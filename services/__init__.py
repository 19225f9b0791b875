"""The processes of Frontdesk, one package each; they share `contracts` and `chassis`, never each other."""
