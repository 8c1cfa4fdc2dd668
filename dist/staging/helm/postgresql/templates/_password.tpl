{{/* Fails with these words where nothing shows what is in the cluster: what is generated would be another one each time.
     Called with a list of the root and the words. */}}
{{- define "postgresql.needsCluster" -}}
{{- /* A cluster answers even with an empty list; helm template, Argo CD and a dry run on the client answer nothing. Of
       Services, because whoever installs this may list them. */}}
{{- if not (lookup "v1" "Service" (index . 0).Release.Namespace "") -}}
{{- fail (index . 1) -}}
{{- end -}}
{{- end -}}

{{/* A password that is generated once and kept in its Secret, called with the root, the Secret's name, and what to set
     instead. */}}
{{- define "postgresql.keptPassword" -}}
{{- $root := index . 0 -}}
{{- $secret := index . 1 -}}
{{- $kept := lookup "v1" "Secret" $root.Release.Namespace $secret -}}
{{- $password := get ($kept.data | default dict) "password" | b64dec -}}
{{- if not $password -}}
{{- include "postgresql.needsCluster" (list $root (index . 2)) -}}
{{- end -}}
{{- $password | default (randAlphaNum 32) -}}
{{- end -}}
