{{/* Who may log in, to what, and how: nobody else, and nobody to all databases. Names are quoted, because some are words of
     this file's, such as all and replication. */}}
{{- define "postgresql.hba" -}}
# The superuser has no password. It comes over the socket, whose folder only this pod mounts.
local all postgres trust
# Everybody else shows one, from this pod's own loopback address, too: a wrong one must be seen.
{{- $host := .Values.tls.enabled | ternary "hostssl" "host" }}
{{- $database := .Values.auth.database | quote }}
{{- range prepend (.Values.auth.additionalUsernames | default list) .Values.auth.username }}
{{ $host }} {{ $database }} {{ quote . }} all scram-sha-256
{{- end }}
{{- if .Values.metrics.enabled }}
{{ $host }} {{ $database }} "postgresql_exporter" all scram-sha-256
{{- end }}
{{- end -}}
