if 1:
    if 1:
        if 1:
            if 1:
                if 1:
                    if 1:
                        if 1:
                            if 1:
                                if 1:
                                    if 1:
                                        if 1:
                                            if 1:
                                                if 1:
                                                    if 1:
                                                        if 1:
                                                            if 1:
                                                                if 1:
                                                                    if 1:
                                                                        if 1:
                                                                            if 1:
                                                                                if 1:
                                                                                    if 1:
                                                                                        if 1:
                                                                                            if 1:
                                                                                                if 1:
                                                                                                    x = 1
class Plugin:
    pass
