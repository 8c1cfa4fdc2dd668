{{- define "postgresql.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimAll "-" -}}
{{- end -}}

{{/* The release's name when it contains the chart's, else both. At most 50, because the StatefulSet's controller puts its
     name and a hash into a label, and a label's value ends at 63. */}}
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
app.kubernetes.io/name: {{ include "postgresql.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: primary
{{- end -}}

{{/* The user's labels come last: they cannot take the place of ours, which selectors look for. */}}
{{- define "postgresql.podLabels" -}}
{{ merge (include "postgresql.selectorLabels" . | fromYaml) .Values.commonLabels | toYaml }}
{{- end -}}

{{- define "postgresql.labels" -}}
{{ merge (include "postgresql.chartLabels" . | fromYaml) .Values.commonLabels | toYaml }}
{{- end -}}

{{- define "postgresql.chartLabels" -}}
{{ include "postgresql.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
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

{{/* What runs beside the server has labels of its own: the Service must not send clients there. Called with a list of the
     root and the component. */}}
{{- define "postgresql.jobLabels" -}}
{{- $root := index . 0 -}}
{{ merge (dict "app.kubernetes.io/component" (index . 1)) (include "postgresql.chartLabels" $root | fromYaml) $root.Values.commonLabels | toYaml }}
{{- end -}}

{{/* The name of a job, called with a list of the root and the component: a CronJob's ends at 52. */}}
{{- define "postgresql.jobName" -}}
{{- printf "%s-%s" (include "postgresql.fullname" (index . 0) | trunc 43 | trimSuffix "-") (index . 1) -}}
{{- end -}}

{{/* The pods of jobs, for a network policy. */}}
{{- define "postgresql.jobSelector" -}}
matchLabels:
  app.kubernetes.io/name: {{ include "postgresql.name" . }}
  app.kubernetes.io/instance: {{ .Release.Name }}
matchExpressions:
  - { key: app.kubernetes.io/component, operator: In, values: [test, backup, restore] }
{{- end -}}

{{/* The beginning of a job's pod. */}}
{{- define "postgresql.jobPod" -}}
restartPolicy: Never
serviceAccountName: {{ include "postgresql.fullname" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 999
  runAsGroup: 999
  fsGroup: 999
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{/* The beginning of a job's container, called with a list of the root and the script's name: libpq's own variables, so
     that psql, pg_dump and pg_restore connect as the application does. */}}
{{- define "postgresql.jobContainer" -}}
{{- $script := index . 1 -}}
{{- with index . 0 -}}
image: {{ include "postgresql.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
command: [bash, /etc/postgresql/scripts/{{ $script }}.sh]
securityContext:
  {{- include "postgresql.containerSecurityContext" . | nindent 2 }}
terminationMessagePolicy: FallbackToLogsOnError
env:
  - { name: PGHOST, value: {{ include "postgresql.fullname" . | quote }} }
  - { name: PGPORT, value: "5432" }
  - { name: PGDATABASE, value: {{ .Values.auth.database | quote }} }
  - { name: PGUSER, value: {{ .Values.auth.username | quote }} }
  - name: PGPASSWORD
    valueFrom:
      secretKeyRef:
        name: {{ include "postgresql.secretName" . | quote }}
        key: {{ include "postgresql.secretKey" . | quote }}
  - { name: PGAPPNAME, value: {{ printf "postgresql-%s" $script }} }
  - { name: PGCONNECT_TIMEOUT, value: "10" }
  - { name: BACKUP_DIRECTORY, value: /backup }
{{- end -}}
{{- end -}}

{{/* Where the dumps lie. */}}
{{- define "postgresql.backupClaim" -}}
{{- .Values.backup.cronjob.storage.existingClaim | default (printf "%s-backup" (include "postgresql.fullname" .)) -}}
{{- end -}}

{{/* All of a job that mounts nothing but the claim for the dumps; its name says what is in it, because no field of a job
     can be changed. */}}
{{- define "postgresql.claimJob" -}}
backoffLimit: 2
ttlSecondsAfterFinished: 3600
template:
  metadata:
    labels:
      app.kubernetes.io/component: claim
  spec:
    {{- include "postgresql.jobPod" . | nindent 4 }}
    containers:
      - name: claim
        {{- include "postgresql.jobContainer" (list . "claim") | nindent 8 }}
        resources:
          requests: { cpu: 10m, memory: 16Mi, ephemeral-storage: 16Mi }
          limits: { cpu: 200m, memory: 32Mi, ephemeral-storage: 32Mi }
        volumeMounts:
          - { name: backup, mountPath: /backup }
          - { name: scripts, mountPath: /etc/postgresql/scripts, readOnly: true }
    volumes:
      - name: backup
        persistentVolumeClaim:
          claimName: {{ include "postgresql.backupClaim" . }}
      - name: scripts
        configMap:
          name: {{ include "postgresql.fullname" . }}-jobs
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

{{/* `helm upgrade --reuse-values` takes the old chart's values for all of them, so that a newer chart's are not there. */}}
{{- define "postgresql.checkComplete" -}}
{{- if not (and .Values.backup .Values.metrics) -}}
{{- fail "the values backup and metrics of this chart are missing: --reuse-values has kept those of an older one. Upgrade with --reset-then-reuse-values, which keeps what you have set." -}}
{{- end -}}
{{- end -}}

{{/* What a JSON schema can only refuse with a pattern is refused here with its reason. */}}
{{- define "postgresql.validate" -}}
{{- include "postgresql.checkComplete" . -}}
{{- if eq .Values.image.tag "latest" -}}
{{- fail "image.tag is \"latest\", which one day is another major version, and that cannot read this one's data. Set a major version and a distribution, such as 17-trixie." -}}
{{- end -}}
{{- if or (eq .Values.auth.username "postgres") (hasPrefix "pg_" .Values.auth.username) -}}
{{- fail (printf "auth.username is %q: \"postgres\" is the superuser and names beginning with \"pg_\" are PostgreSQL's own. Choose another name for the application's role." .Values.auth.username) -}}
{{- end -}}
{{- if has .Values.auth.database (list "postgres" "template0" "template1") -}}
{{- fail (printf "auth.database is %q, which every PostgreSQL has for itself. Choose another name for the application's database." .Values.auth.database) -}}
{{- end -}}
{{- range $name, $_ := .Values.postgresqlConfiguration -}}
{{- if not (regexMatch "^[a-z_][a-z0-9_.]*$" $name) -}}
{{- fail (printf "postgresqlConfiguration.%s is no parameter of PostgreSQL: those are of a-z, 0-9, \"_\" and \".\", such as max_connections." $name) -}}
{{- end -}}
{{- if has $name (list "config_file" "data_directory" "hba_file" "listen_addresses" "port" "unix_socket_directories") -}}
{{- fail (printf "postgresqlConfiguration.%s is set by the chart, whose probes, Service and credentials need it as it is. Leave it out." $name) -}}
{{- end -}}
{{- end -}}
{{- $schedule := .Values.backup.cronjob.schedule -}}
{{- $field := "(\\*|[0-9a-zA-Z]+(-[0-9a-zA-Z]+)?)(/[0-9]+)?" -}}
{{- $list := printf "%s(,%s)*" $field $field -}}
{{- if not (regexMatch (printf "^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|%s( %s){4})$" $list $list) $schedule) -}}
{{- fail (printf "backup.cronjob.schedule is %q; a schedule is minute, hour, day, month and weekday, such as \"17 3 * * *\"." $schedule) -}}
{{- end -}}
{{- end -}}
