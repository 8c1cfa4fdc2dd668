{{/* What runs beside the server has labels of its own: the Service must not send clients there. Called with a list of the
     root and the component. */}}
{{- define "postgresql.jobLabels" -}}
{{- $root := index . 0 -}}
{{ merge (dict "app.kubernetes.io/component" (index . 1)) (include "postgresql.chartLabels" $root | fromYaml) $root.Values.commonLabels | toYaml }}
{{- end -}}

{{/* As selectorLabels, of the exporter. */}}
{{- define "postgresql.metricsSelectorLabels" -}}
app.kubernetes.io/name: {{ include "postgresql.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: metrics
{{- end -}}

{{/* The name of a job, called with a list of the root and the component: a CronJob's ends at 52. Two long names that begin
     alike stay two. */}}
{{- define "postgresql.jobName" -}}
{{- $name := include "postgresql.fullname" (index . 0) -}}
{{- if gt (len $name) 43 -}}
{{- $name = printf "%s-%s" ($name | trunc 34 | trimSuffix "-") (sha256sum $name | trunc 8) -}}
{{- end -}}
{{- printf "%s-%s" $name (index . 1) -}}
{{- end -}}

{{/* The pods that go to the database, for a network policy. */}}
{{- define "postgresql.jobSelector" -}}
matchLabels:
  app.kubernetes.io/name: {{ include "postgresql.name" . | quote }}
  app.kubernetes.io/instance: {{ .Release.Name | quote }}
matchExpressions:
  - { key: app.kubernetes.io/component, operator: In, values: [test, backup, restore, metrics] }
{{- end -}}

{{/* The beginning of a job's pod. */}}
{{- define "postgresql.jobPod" -}}
restartPolicy: Never
serviceAccountName: {{ include "postgresql.fullname" . | quote }}
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
{{ include "postgresql.jobProgram" . }}
{{- $script := index . 1 -}}
{{- with index . 0 }}
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
  {{- include "postgresql.tlsClientEnv" . | nindent 2 }}
  - { name: BACKUP_DIRECTORY, value: /backup }
{{- end -}}
{{- end -}}

{{/* What it is without the database. */}}
{{- define "postgresql.jobProgram" -}}
{{- $script := index . 1 -}}
{{- with index . 0 -}}
image: {{ include "postgresql.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
command: [bash, /etc/postgresql/scripts/{{ $script }}.sh]
securityContext:
  {{- include "postgresql.containerSecurityContext" . | nindent 2 }}
terminationMessagePolicy: FallbackToLogsOnError
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
        {{- include "postgresql.jobProgram" (list . "claim") | nindent 8 }}
        env:
          - { name: BACKUP_DIRECTORY, value: /backup }
        resources:
          requests: { cpu: 10m, memory: 16Mi, ephemeral-storage: 16Mi }
          limits: { cpu: 200m, memory: 32Mi, ephemeral-storage: 32Mi }
        volumeMounts:
          - { name: backup, mountPath: /backup }
          - { name: scripts, mountPath: /etc/postgresql/scripts, readOnly: true }
    volumes:
      - name: backup
        persistentVolumeClaim:
          claimName: {{ include "postgresql.backupClaim" . | quote }}
      - name: scripts
        configMap:
          name: {{ include "postgresql.fullname" . }}-jobs
{{- end -}}
