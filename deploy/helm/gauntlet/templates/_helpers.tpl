{{- define "gauntlet.name" -}}
{{- if contains "gauntlet" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-gauntlet" (.Release.Name | trunc 41 | trimSuffix "-") }}{{ end }}
{{- end }}

{{- define "gauntlet.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "gauntlet.name" .) }}
{{- end }}

{{- define "gauntlet.selector" -}}
app.kubernetes.io/name: gauntlet
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "gauntlet.labels" -}}
{{ include "gauntlet.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "gauntlet.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{/* "true" where several replicas share a PostgreSQL. */}}
{{- define "gauntlet.shared" -}}
{{- if eq (dig "store" "kind" "sqlite" .Values.config) "postgres" }}
{{- if ne (dig "registry" "kind" "embedded" .Values.config) "mlflow" }}{{ fail "config.registry: replicas on PostgreSQL need an MLflow server of your own, since the embedded registry is one process's files: write registry: { kind: mlflow, url: … }" }}{{ end -}}
true
{{- end }}
{{- end }}

{{/* "true" where the pod's own service account is used to write splits. */}}
{{- define "gauntlet.inCluster" -}}
{{- if and .Values.config.targets (not (dig "kubernetes" "kubeconfig" "" .Values.config)) }}true{{ end }}
{{- end }}

{{/* gauntlet.yaml: what is given, and what the chart decides. */}}
{{- define "gauntlet.config" -}}
{{- $secrets := .Values.secretEnvironment }}
{{- range regexFindAll "\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}" (toJson .Values.config | replace "$${" "") -1 }}
{{- $variable := . | trimPrefix "${" | trimSuffix "}" }}
{{- if not (hasKey $secrets $variable) }}{{ fail (printf "config asks for %s, which no secret is named for: write secretEnvironment: { %s: { name: …, key: … } }" . $variable) }}{{ end }}
{{- end }}
{{- $name := include "gauntlet.name" . }}
{{- $own := list $name (printf "%s.%s" $name .Release.Namespace) (printf "%s.%s.svc" $name .Release.Namespace) (printf "%s.%s.svc.cluster.local" $name .Release.Namespace) }}
{{- $listen := dict "host" "0.0.0.0" "port" 4400 }}
{{- mergeOverwrite (deepCopy .Values.config) (dict "dataDir" "/var/lib/gauntlet" "listen" $listen "allowedHosts" (concat $own (.Values.config.allowedHosts | default list))) | toYaml }}
{{- end }}

{{/* A pod's template. Call with a dict of root, component, args, resources, volume: "true" for the data. */}}
{{- define "gauntlet.pod" -}}
{{- $values := .root.Values }}
metadata:
  labels:
    {{- include "gauntlet.selector" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
  annotations:
    checksum/config: {{ include "gauntlet.config" .root | sha256sum }}
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "gauntlet.serviceAccount" .root }}
  automountServiceAccountToken: {{ include "gauntlet.inCluster" .root | eq "true" }}
  enableServiceLinks: false
  terminationGracePeriodSeconds: 30
  securityContext: { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001, seccompProfile: { type: RuntimeDefault } }
  {{- with $values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if not .volume }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "gauntlet.selector" .root | nindent 10 }}
          app.kubernetes.io/component: {{ .component }}
  {{- end }}
  containers:
    - name: {{ .component }}
      image: {{ include "gauntlet.image" .root | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args: [{{ .command }}]
      env:
        - { name: GAUNTLET_CONFIG, value: /etc/gauntlet/gauntlet.yaml }
        {{- range $variable, $from := $values.secretEnvironment }}
        - { name: {{ $variable }}, valueFrom: { secretKeyRef: { name: {{ $from.name }}, key: {{ $from.key }} } } }
        {{- end }}
      {{- if eq .component "server" }}
      ports:
        - { name: http, containerPort: 4400 }
      startupProbe: { httpGet: { path: /healthz, port: http }, periodSeconds: 2, failureThreshold: 60 }
      readinessProbe: { httpGet: { path: /readyz, port: http }, periodSeconds: 5, timeoutSeconds: 3 }
      livenessProbe: { httpGet: { path: /healthz, port: http }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }
      {{- if not .volume }}
      # Requests go on for a moment after a replica is taken out.
      lifecycle: { preStop: { sleep: { seconds: 5 } } }
      {{- end }}
      {{- end }}
      resources:
        {{- toYaml .resources | nindent 8 }}
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
      volumeMounts:
        {{- if .volume }}
        - { name: data, mountPath: /var/lib/gauntlet }
        {{- end }}
        - { name: config, mountPath: /etc/gauntlet, readOnly: true }
        - { name: tmp, mountPath: /tmp }
        {{- range $values.secretFiles }}
        - { name: secret-{{ . }}, mountPath: /etc/gauntlet-secrets/{{ . }}, readOnly: true }
        {{- end }}
  volumes:
    - { name: config, configMap: { name: {{ include "gauntlet.name" .root }}-config } }
    - { name: tmp, emptyDir: { sizeLimit: 256Mi } }
    {{- range $values.secretFiles }}
    - { name: secret-{{ . }}, secret: { secretName: {{ . }}, defaultMode: 288 } }
    {{- end }}
{{- end }}
