{{- define "postgresql.tlsSecret" -}}
{{- .Values.tls.existingSecret | default (printf "%s-tls" (include "postgresql.fullname" .)) -}}
{{- end -}}

{{/* For who connects to the server: the certificate by which it is known, and nothing of its key. */}}
{{- define "postgresql.tlsClientEnv" -}}
{{- if .Values.tls.enabled }}
- { name: PGSSLMODE, value: verify-full }
- { name: PGSSLROOTCERT, value: /etc/postgresql/tls/ca.crt }
{{- end }}
{{- end -}}

{{- define "postgresql.tlsMount" -}}
{{- if .Values.tls.enabled }}
- { name: tls, mountPath: /etc/postgresql/tls, readOnly: true }
{{- end }}
{{- end -}}

{{/* Called with a list of the root and the keys. */}}
{{- define "postgresql.tlsVolume" -}}
{{- with index . 0 }}
{{- if .Values.tls.enabled }}
- name: tls
  secret:
    secretName: {{ include "postgresql.tlsSecret" . | quote }}
    # PostgreSQL takes a key that is root's and its own group's to read, and no other.
    defaultMode: 0440
    items:
      {{- range slice $ 1 }}
      - { key: {{ . }}, path: {{ . }} }
      {{- end }}
{{- end }}
{{- end }}
{{- end -}}
