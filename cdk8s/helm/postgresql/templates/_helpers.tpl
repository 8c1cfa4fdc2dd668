{{- define "postgresql.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/* The release's name when it contains the chart's, else both. 50, because a StatefulSet's pods get longer names. */}}
{{- define "postgresql.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "postgresql.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Only these may be in a selector: they can never be changed. */}}
{{- define "postgresql.selectorLabels" -}}
app.kubernetes.io/name: {{ include "postgresql.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: primary
{{- end -}}

{{- define "postgresql.labels" -}}
{{ include "postgresql.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "postgresql.image" -}}
{{- with .Values.image -}}
{{- with .registry }}{{ . }}/{{ end }}{{ .repository }}:{{ .tag }}{{ with .digest }}@{{ . }}{{ end }}
{{- end -}}
{{- end -}}

{{- define "postgresql.secretName" -}}
{{- .Values.auth.existingSecret | default (printf "%s-auth" (include "postgresql.fullname" .)) -}}
{{- end -}}

{{- define "postgresql.secretKey" -}}
{{- if .Values.auth.existingSecret }}{{ .Values.auth.secretKeys.userPasswordKey }}{{ else }}password{{ end -}}
{{- end -}}

{{- define "postgresql.scripts" -}}
initialize.sh: |
  {{- .Files.Get "files/initialize.sh" | nindent 2 }}
credentials.sh: |
  {{- .Files.Get "files/credentials.sh" | nindent 2 }}
pg_hba.conf: |
  {{- .Files.Get "files/pg_hba.conf" | nindent 2 }}
{{- end -}}

{{- define "postgresql.containerSecurityContext" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* The same everywhere: with a role and a database that exist, or each question is an error in PostgreSQL's log. */}}
{{- define "postgresql.isReady" -}}
pg_isready -q -h 127.0.0.1 -p 5432 -U "$APP_USERNAME" -d "$APP_DATABASE" -t 3
{{- end -}}
