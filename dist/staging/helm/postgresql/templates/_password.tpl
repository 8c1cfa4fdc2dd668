{{/* A password that is generated once and kept in its Secret, called with the root, the Secret's name, and what to set
     instead. */}}
{{- define "postgresql.keptPassword" -}}
{{- $root := index . 0 -}}
{{- $secret := index . 1 -}}
{{- $kept := lookup "v1" "Secret" $root.Release.Namespace $secret -}}
{{- $password := get ($kept.data | default dict) "password" | b64dec -}}
{{- /* A cluster answers even with an empty list; helm template, Argo CD and a dry run on the client answer nothing. Of
       Services, because whoever installs this may list them. */}}
{{- if not (or $password (lookup "v1" "Service" $root.Release.Namespace "")) -}}
{{- fail (index . 2) -}}
{{- end -}}
{{- $password | default (randAlphaNum 32) -}}
{{- end -}}
