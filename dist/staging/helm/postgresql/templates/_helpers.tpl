{{- define "postgresql.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimAll "-" -}}
{{- end -}}

{{/* The release's name when it contains the chart's, else both. At most 50, because the StatefulSet's controller puts its
     name and a hash into a label, and a label's value ends at 63. The same rule for TypeScript is postgresqlServiceName. */}}
{{- define "postgresql.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimAll "-" -}}
{{- else -}}
{{- $name := include "postgresql.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimAll "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimAll "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Only these may be in a selector: they can never be changed. */}}
{{- define "postgresql.selectorLabels" -}}
app.kubernetes.io/name: {{ include "postgresql.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: primary
{{- end -}}

{{/* The user's labels come last: they cannot take the place of ours, which selectors look for. */}}
{{- define "postgresql.podLabels" -}}
{{ merge (include "postgresql.selectorLabels" . | fromYaml) .Values.commonLabels | toYaml }}
{{- end -}}

{{- define "postgresql.labels" -}}
{{ merge (include "postgresql.chartLabels" . | fromYaml) .Values.commonLabels | toYaml }}
{{- end -}}

{{/* A version may have a "+", and a label may not: Flux adds the commit. */}}
{{- define "postgresql.chartLabels" -}}
{{ include "postgresql.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "postgresql.image" -}}
{{ include "postgresql.imageOf" .Values.image }}
{{- end -}}

{{/* The reference of an image, called with its values. */}}
{{- define "postgresql.imageOf" -}}
{{- with .registry }}{{ . }}/{{ end }}{{ .repository }}:{{ .tag }}{{ with .digest }}@{{ . }}{{ end }}
{{- end -}}

{{- define "postgresql.secretName" -}}
{{- .Values.auth.existingSecret | default (printf "%s-auth" (include "postgresql.fullname" .)) -}}
{{- end -}}

{{/* The Secret of the exporter's password. */}}
{{- define "postgresql.metricsSecret" -}}
{{- .Values.metrics.existingSecret | default (printf "%s-metrics" (include "postgresql.fullname" .)) -}}
{{- end -}}

{{- define "postgresql.secretKey" -}}
{{- if .Values.auth.existingSecret }}{{ .Values.auth.secretKeys.userPasswordKey }}{{ else }}password{{ end -}}
{{- end -}}

{{/* The data alone, so that their checksum changes only with them. */}}
{{- define "postgresql.scripts" -}}
{{- range $path, $_ := .Files.Glob "files/*" }}
{{ base $path }}: |
  {{- $.Files.Get $path | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "postgresql.jobScripts" -}}
{{- range $path, $_ := .Files.Glob "files/jobs/*" }}
{{ base $path }}: |
  {{- $.Files.Get $path | nindent 2 }}
{{- end }}
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

{{/* Any answer: 1 is "rejecting", in recovery or stopping. The file is there while initialize.sh works. */}}
{{- define "postgresql.isAlive" -}}
{{ include "postgresql.isReady" . }} || [ $? -eq 1 ] || [ -e /tmp/initializing ]
{{- end -}}
