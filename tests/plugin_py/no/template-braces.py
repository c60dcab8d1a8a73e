class Plugin:
    name = {{ name }}
    {% if x %}
