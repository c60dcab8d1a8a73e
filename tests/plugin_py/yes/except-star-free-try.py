class Plugin:
    def run(self):
        try:
            pass
        except (KeyError, ValueError) as error:
            raise RuntimeError from error
        except:
            pass
        else:
            pass
        finally:
            pass
