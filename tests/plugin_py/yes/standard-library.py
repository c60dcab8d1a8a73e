import json
import os.path
import urllib.parse as up
from collections import abc, defaultdict
from xml.etree import ElementTree
import concurrent.futures
class Plugin:
    pass
