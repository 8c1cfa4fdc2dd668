{{/* What an upgrade cannot do is refused before it begins, with the steps that do it; the API server's own message names no
     field. Without a cluster (helm template, Argo CD) nothing is found here, and the API server still refuses. */}}
{{- define "postgresql.checkExisting" -}}
{{- include "postgresql.checkTlsSecret" . -}}
{{- $name := include "postgresql.fullname" . -}}
{{- $namespace := .Release.Namespace -}}
{{- $set := lookup "apps/v1" "StatefulSet" $namespace $name -}}
{{- if $set -}}
{{- $claim := (first $set.spec.volumeClaimTemplates).spec -}}
{{- $move := "move to a new release beside this one, which takes the data along and leaves the old volume as it is (move.sh, \"Into a new release\" in the README)" -}}
{{- $kubectl := printf "kubectl -n %s" $namespace -}}

{{- $owner := get $set.spec.selector.matchLabels "app.kubernetes.io/instance" -}}
{{- if ne $owner .Release.Name -}}
{{- fail (printf "the release %s would make objects that are called %s, and those of the release %s are called so in the namespace %s. Choose another release name, or set fullnameOverride." .Release.Name $name $owner $namespace) -}}
{{- end -}}

{{- $size := .Values.primary.persistence.size -}}
{{- if ne $claim.resources.requests.storage $size -}}
{{- $patch := printf "'{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"%s\"}}}}'" $size -}}
{{- fail (printf "primary.persistence.size is %s, and the volume of %s was made with %s, which no upgrade can change. To grow it: (1) %s patch pvc data-%s-0 --patch %s (2) %s delete statefulset %s --cascade=orphan; its pod goes on meanwhile (3) this upgrade again. If (1) is refused, the storage class cannot expand volumes; then, or for a smaller one, set primary.persistence.size back to %s and %s." $size $name $claim.resources.requests.storage $kubectl $name $patch $kubectl $name $claim.resources.requests.storage $move) -}}
{{- end -}}

{{- $class := .Values.primary.persistence.storageClass -}}
{{- $made := hasKey $claim "storageClassName" | ternary (get $claim "storageClassName" | default "-") "" -}}
{{- if ne $made $class -}}
{{- fail (printf "primary.persistence.storageClass is %q, and the volume of %s was made with %q, which no upgrade can change. Set it back, or %s." $class $name $made $move) -}}
{{- end -}}

{{- $label := get $set.spec.selector.matchLabels "app.kubernetes.io/name" -}}
{{- if ne $label (include "postgresql.name" .) -}}
{{- fail (printf "nameOverride makes the label app.kubernetes.io/name %q, and the selector of %s has %q, which no upgrade can change. Set nameOverride back to %q." (include "postgresql.name" .) $name $label $label) -}}
{{- end -}}

{{/* One that is not ready may be another major version's mistake, and the way back must stay open. */}}
{{- $now := regexFind "^[0-9]+" (regexFind "[^:/@]+$" (regexReplaceAll "@.*$" (first $set.spec.template.spec.containers).image "")) -}}
{{- $next := regexFind "^[0-9]+" .Values.image.tag -}}
{{- if and $now $next (ne $now $next) (get $set.status "readyReplicas") -}}
{{- fail (printf "image.tag is %s, and %s runs PostgreSQL %s: another major version cannot read its data. Set image.tag back to a %s image, and to upgrade %s." .Values.image.tag $name $now $now $move) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* One that is not there yet may be on its way, from cert-manager perhaps; the pod waits for it. */}}
{{- define "postgresql.checkTlsSecret" -}}
{{- $name := .Values.tls.existingSecret -}}
{{- $secret := lookup "v1" "Secret" .Release.Namespace $name -}}
{{- if and $name $secret -}}
{{- range list "tls.crt" "tls.key" "ca.crt" -}}
{{- if not (get ($secret.data | default dict) .) -}}
{{- fail (printf "the Secret %s, which tls.existingSecret names, has no %s. It needs the server's certificate (tls.crt), its key (tls.key), and the certificate of whoever signed it (ca.crt), by which clients know the server." $name .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
