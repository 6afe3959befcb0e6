#!/bin/sh
# Makes the image: `build.sh IMAGE FOLDER`. IMAGE gets bin/driver, tool/ (the compiler, the linker, vet) and std/, an
# own build of the standard library: without debugging tables it links faster, and it has another package `testing`.
# staticcheck/ has what staticcheck knows of that library; both belong to the very program that made them.
set -eu
image=$1
folder=$2
export GOCACHE="$image/cache" GOPATH="$image/cache" HOME="$image"
export GOENV=off GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local GOWORK=off CGO_ENABLED=0

cd "$folder"
mkdir -p "$image/bin" "$image/std"
ln -sfn "$(go env GOTOOLDIR)" "$image/tool"
go build -trimpath -ldflags='-s -w' -o "$image/bin/driver" ./driver

go list -export -trimpath -gcflags=all=-dwarf=false -f '{{if .Export}}{{.ImportPath}} {{.Export}}{{end}}' std |
    grep -v '^testing ' >"$image/archives"
: >"$image/all.cfg"
while read -r path archive; do
    mkdir -p "$(dirname "$image/std/$path")"
    cp "$archive" "$image/std/$path.a"
    echo "packagefile $path=$image/std/$path.a" >>"$image/all.cfg"
done <"$image/archives"

# What the driver's programs are linked with: `testing` for everybody, assay/ for the generated main alone.
for path in assay/runtime/report testing assay/runtime/wire; do
    mkdir -p "$(dirname "$image/std/$path")"
    "$image/tool/compile" -p "$path" -pack -complete -dwarf=false -trimpath "$folder/runtime=>" \
        -importcfg "$image/all.cfg" -o "$image/std/$path.a" "runtime/$(basename "$path")"/*.go
    echo "packagefile $path=$image/std/$path.a" >>"$image/all.cfg"
done
grep -Ev '^packagefile (assay/|vendor/|internal/|[^=]*/internal/|testing/internal/|[^=]*/internal=)' \
    "$image/all.cfg" >"$image/public.cfg"

cp /usr/bin/go-staticcheck "$image/bin/staticcheck"
go list -deps -json=Dir,ImportPath,Name,GoFiles,Imports,ImportMap std | "$image/bin/driver" "$image" seed
rm "$image/staticcheck/facts/seed.go" "$image/staticcheck/facts/packages.json"

chmod -R u+w "$image/cache"
rm -rf "$image/cache" "$image/archives"
chmod -R a+rX "$image"
