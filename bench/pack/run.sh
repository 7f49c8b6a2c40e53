#!/bin/sh
# Doctor, gradient check and bench on this machine, in a folder that `npm run bench:pack` made.
set -eu

usage() {
  cat <<END
usage: $0 OUT_FOLDER [--op NAME] [BENCH OPTIONS]

  writes into OUT_FOLDER, each as soon as it is there: doctor.json, check.json, bench.json (after every row), log.txt, and
  where python3 has PyTorch torch.json
  --op NAME  checks this operation alone
  All else goes to the bench: a filter, --no-peers, --tiny.
END
}

refuse() {
  echo "run.sh: $1" >&2
  usage >&2
  exit 2
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
case ${1:-} in
  -h | --help) usage; exit ;;
  '' | -*) refuse "the first word is \"${1:-}\" but must be a folder for the results" ;;
esac
out=$1
shift

# All words but --op NAME are the bench's.
op=
left=$#
while [ "$left" -gt 0 ]; do
  word=$1
  shift
  left=$((left - 1))
  case $word in
    -h | --help) usage; exit ;;
    --op)
      [ "$left" -gt 0 ] || refuse "--op is given but no operation"
      op=$1
      shift
      left=$((left - 1))
      ;;
    *) set -- "$@" "$word" ;;
  esac
done

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -p "$out"
for name in doctor check bench torch; do rm -f "$out/$name.json"; done

# What keeps files between runs keeps them in the temporary folder.
export XDG_CACHE_HOME="$tmp/cache" __GL_SHADER_DISK_CACHE_PATH="$tmp" CUDA_CACHE_PATH="$tmp/cuda" PYTHONDONTWRITEBYTECODE=1
# NVIDIA's libraries may lie where the linker does not look.
if [ -d /usr/local/nvidia/lib64 ]; then
  export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}/usr/local/nvidia/lib64"
fi

knotgrad() { "$here/node" "$here/knotgrad.mjs" "$@"; }
bench() { "$here/node" "$here/bench.mjs" "$@"; }

# Whether a library can be loaded with all that it needs; $why says why not. Node's complaint about one that is no addon comes
# after the loading.
loads() {
  why=$("$here/node" -e '
    try {
      process.dlopen({ exports: {} }, process.argv[1]);
    } catch ({ message }) {
      if (!/did not self-register/.test(message)) {
        console.log(message);
        process.exitCode = 1;
      }
    }' "$1" 2>&1)
}

# Makes Node and Dawn start, with the libraries that are packed where the machine lacks them.
start_node() {
  dawn=$here/node_modules/webgpu/dist/linux-x64/dawn.node
  loads "$dawn" && return
  echo "The packed C++ library is used: $why"
  export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  loads "$dawn" && return
  echo "run.sh: $why; Linux on x64 with glibc 2.34 or later is needed"
  return 1
}

# Whether a GPU answers; $why says why not.
gpu_answers() {
  KNOTGRAD_ADAPTER=hardware knotgrad doctor >"$tmp/doctor" 2>&1 && return
  why=$(sed -n '/^problems$/{n;s/^ *//;p;}' "$tmp/doctor")
  why=${why:-$(tail -n 1 "$tmp/doctor")}
  return 1
}

# Leaves only this manifest's driver to the Vulkan loader, if a GPU answers by it.
try_manifest() {
  export VK_ICD_FILENAMES="$1"
  if gpu_answers; then
    echo "A GPU answers by $2."
    return
  fi
  unset VK_ICD_FILENAMES
  echo "No GPU answers by $2: $why"
  return 1
}

# Finds a GPU whose driver is not where the Vulkan loader looks: containers often have NVIDIA's libraries but no manifest that
# names them. libEGL_nvidia does without X11.
find_gpu() {
  if [ "${KNOTGRAD_ADAPTER:-}" = software ] || [ -n "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ]; then return; fi
  gpu_answers && return
  echo "No GPU answers by the drivers in the usual places: $why"
  for manifest in /usr/local/nvidia/share/vulkan/icd.d/*.json; do
    if [ -e "$manifest" ] && try_manifest "$manifest" "$manifest"; then return; fi
  done
  for library in libGLX_nvidia.so.0 libEGL_nvidia.so.0; do
    loads "$library" || { echo "$library is not tried: $why"; continue; }
    manifest=$tmp/$library.json
    echo '{"file_format_version":"1.0.0","ICD":{"library_path":"'$library'","api_version":"1.3.0"}}' >"$manifest"
    if try_manifest "$manifest" "a manifest written for $library"; then return; fi
  done
}

say_software() {
  if grep -q '"software":true' "$out/doctor.json"; then
    echo "*** ONLY A SOFTWARE ADAPTER ANSWERS: the CPU stands in for a GPU, whose times these are not. ***"
  fi
}

# Times the rows in PyTorch. Gives false where that cannot be, which is no failure of the bench.
time_torch() {
  if ! python3 -c 'import torch' >"$tmp/torch" 2>&1; then
    echo "There is no PyTorch: $(tail -n 1 "$tmp/torch")"
  elif ! grep -q '"name"' "$tmp/rows.json"; then
    echo "PyTorch has none of these rows."
  elif ! python3 "$here/pytorch.py" "$tmp/rows.json" "$out/torch.json"; then
    echo "PyTorch fails and is left out."
  else
    return 0
  fi
  return 1
}

run_all() {
  start_node
  bench --list "$tmp/rows.json" "$@" # refuses what the bench does not know
  find_gpu

  echo "== doctor"
  knotgrad doctor --json >"$out/doctor.json" || true # what is wrong ends the run in the next line
  knotgrad doctor
  say_software

  echo "== check"
  check=ok
  knotgrad check ${op:+"$op"} --json >"$tmp/check" || check=FAILED
  sed '/^{/d' "$tmp/check"
  sed -n '/^{/p' "$tmp/check" >"$tmp/check.json" # empty where check got no further
  if [ -s "$tmp/check.json" ]; then mv "$tmp/check.json" "$out/check.json"; fi

  echo "== PyTorch"
  if time_torch; then set -- --torch "$out/torch.json" "$@"; fi

  echo "== bench"
  bench=ok
  bench --json "$out/bench.json" "$@" || bench=FAILED

  echo "== check: $check; bench: $bench; results are in $out"
  say_software
  [ "$check $bench" = "ok ok" ]
}

# tee ends with its own status, so that of what it logs goes by a file.
echo 1 >"$tmp/status"
{
  run_all "$@"
  echo 0 >"$tmp/status"
} 2>&1 | tee "$out/log.txt"
exit "$(cat "$tmp/status")"
