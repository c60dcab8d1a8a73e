<<<<<<< HEAD
class Plugin:
    pass
=======
>>>>>>> other
