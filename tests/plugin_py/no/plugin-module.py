import json as Plugin
