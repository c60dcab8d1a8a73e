from acme import *
