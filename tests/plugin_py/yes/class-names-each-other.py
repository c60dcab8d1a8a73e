class A:
    pass


class B(A):
    a = A
    def run(self, a: A) -> A: ...


class Plugin(B):
    b = B
