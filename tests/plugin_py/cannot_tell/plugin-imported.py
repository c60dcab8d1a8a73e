from acme import Plugin
