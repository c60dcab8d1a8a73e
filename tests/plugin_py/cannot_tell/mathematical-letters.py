class 𝐏lugin:
    pass
