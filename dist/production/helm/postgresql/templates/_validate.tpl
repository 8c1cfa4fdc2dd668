{{/* `helm upgrade --reuse-values` takes the old chart's values for all of them, so that a newer chart's are not there. */}}
{{- define "postgresql.checkComplete" -}}
{{- if not (and .Values.backup .Values.metrics .Values.metrics.image .Values.primary.initdb .Values.primary.networkPolicy.dns .Values.tls) -}}
{{- fail "the values backup, metrics, primary.initdb, primary.networkPolicy.dns or tls of this chart are missing: --reuse-values has kept those of an older one. Upgrade with --reset-then-reuse-values, which keeps what you have set." -}}
{{- end -}}
{{- end -}}

{{/* What a JSON schema can only refuse with a pattern is refused here with its reason. */}}
{{- define "postgresql.validate" -}}
{{- include "postgresql.checkComplete" . -}}
{{- $name := include "postgresql.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$" $name) -}}
{{- fail (printf "the release %s of the chart %s would make the Service %q: a Service's name is of a-z, 0-9 and \"-\", and begins with a letter. Choose another release name, or set fullnameOverride." .Release.Name .Chart.Name $name) -}}
{{- end -}}
{{- if eq .Values.image.tag "latest" -}}
{{- fail "image.tag is \"latest\", which one day is another major version, and that cannot read this one's data. Set a major version and a distribution, such as 17-trixie." -}}
{{- end -}}
{{- if eq .Values.metrics.image.tag "latest" -}}
{{- fail "metrics.image.tag is \"latest\", which one day is another major version. Set a version, such as v0.17.1." -}}
{{- end -}}
{{- $roles := list (list "auth.username" .Values.auth.username) -}}
{{- range $index, $role := .Values.auth.additionalUsernames -}}
{{- $roles = append $roles (list (printf "auth.additionalUsernames[%d]" $index) $role) -}}
{{- end -}}
{{- range $roles -}}
{{- $role := index . 1 -}}
{{- if or (has $role (list "postgres" "postgresql_exporter")) (hasPrefix "pg_" $role) -}}
{{- fail (printf "%s is %q: \"postgres\" is the superuser, \"postgresql_exporter\" the chart's own, and names beginning with \"pg_\" are PostgreSQL's own. Choose another name for the role." (index . 0) $role) -}}
{{- end -}}
{{- end -}}
{{- if has .Values.auth.database (list "postgres" "template0" "template1") -}}
{{- fail (printf "auth.database is %q, which every PostgreSQL has for itself. Choose another name for the application's database." .Values.auth.database) -}}
{{- end -}}
{{- range $name, $_ := .Values.postgresqlConfiguration -}}
{{- if not (regexMatch "^[a-z_][a-z0-9_.]*$" $name) -}}
{{- fail (printf "postgresqlConfiguration.%s is no parameter of PostgreSQL: those are of a-z, 0-9, \"_\" and \".\", such as max_connections." $name) -}}
{{- end -}}
{{- if has $name (list "config_file" "data_directory" "hba_file" "listen_addresses" "port" "ssl" "ssl_cert_file" "ssl_key_file" "unix_socket_directories") -}}
{{- fail (printf "postgresqlConfiguration.%s is set by the chart, whose probes, Service and credentials need it as it is. Leave it out; for TLS there is tls.enabled." $name) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.tls.existingSecret (not .Values.tls.enabled) -}}
{{- fail (printf "tls.existingSecret is %q and tls.enabled false, so that nothing would be encrypted. Set tls.enabled to true, too, or leave the Secret out." .Values.tls.existingSecret) -}}
{{- end -}}
{{- $schedule := .Values.backup.cronjob.schedule -}}
{{- $field := "(\\*|[0-9a-zA-Z]+(-[0-9a-zA-Z]+)?)(/[0-9]+)?" -}}
{{- $list := printf "%s(,%s)*" $field $field -}}
{{- if not (regexMatch (printf "^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|%s( %s){4})$" $list $list) $schedule) -}}
{{- fail (printf "backup.cronjob.schedule is %q; a schedule is minute, hour, day, month and weekday, such as \"17 3 * * *\"." $schedule) -}}
{{- end -}}
{{- $options := list "builtin-locale" "encoding" "icu-locale" "icu-rules" "lc-collate" "lc-ctype" "lc-messages" "lc-monetary" "lc-numeric" "lc-time" "locale" "locale-provider" "no-data-checksums" "text-search-config" "wal-segsize" -}}
{{- range splitList " " .Values.primary.initdb.args | compact -}}
{{- if not (regexMatch (printf "^--(%s)(=[\\w.@,-]+)?$" (join "|" $options)) .) -}}
{{- fail (printf "primary.initdb.args has %q; the options there are: --%s, each with \"=\" and its value. Where the data lie and how one logs in is the chart's." . (join ", --" $options)) -}}
{{- end -}}
{{- end -}}
{{- range $name, $_ := .Values.primary.initdb.scripts -}}
{{- if not (regexMatch "^[\\w-][\\w.-]*\\.(sh|sql)$" $name) -}}
{{- fail (printf "primary.initdb.scripts has %q; a script's name ends with .sql or .sh, and is of letters, digits, \".\", \"_\" and \"-\"." $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
