#!/bin/sh
# Prints the GPUs of this machine as an executor of weft (and of Spark) wants to read them:
#
#	{"name": "gpu", "addresses": ["0", "1"]}
#
# Put it on every node and name it in weft.executor.resource.gpu.discoveryScript. It needs nvidia-smi,
# which comes with NVIDIA's driver; without it there is an error and no GPU.
set -eu
indexes=$(nvidia-smi --query-gpu=index --format=csv,noheader)
list=
for index in $indexes; do
	list="${list:+$list, }\"$index\""
done
printf '{"name": "gpu", "addresses": [%s]}\n' "$list"
