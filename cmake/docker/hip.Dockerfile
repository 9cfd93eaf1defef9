# SPDX-License-Identifier: BSD-3-Clause
# docker build -f cmake/docker/hip.Dockerfile --build-arg ARCH=AMD_GFX90A -t kolace-hip .
# Run with --device=/dev/kfd --device=/dev/dri
# Not built so far.
FROM rocm/dev-ubuntu-24.04:6.3-complete
ARG ARCH=AMD_GFX90A
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    cmake ninja-build git ca-certificates libeigen3-dev libopenblas-openmp-dev libyaml-cpp-dev nlohmann-json3-dev \
    libcli11-dev libfmt-dev zlib1g-dev libhdf5-dev
COPY . /kolace
WORKDIR /kolace
RUN cmake --preset hip -DKokkos_ARCH_${ARCH}=ON -DKOLACE_BUILD_TESTS=OFF && cmake --build --preset hip
WORKDIR /work
ENTRYPOINT ["/kolace/build/hip/apps/kolace"]
