"""What the plugin needs of VirusTotal."""
