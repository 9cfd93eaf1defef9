# SPDX-License-Identifier: BSD-3-Clause
# From a checkout: spack repo add cmake/spack; spack dev-build kolace@main
# Not run by Spack so far; names of packages, variants and properties are those of spack-packages in November 2026. Fetching a version needs `git`, the address of the published repository, and the tag.
from spack.package import *


class Kolace(CMakePackage, CudaPackage, ROCmPackage):
    """Linear Atomic Cluster Expansion potentials: fits, evaluation, studies; Kokkos kernels."""

    license("BSD-3-Clause")

    version("main", branch="main")
    version("0.2.0", tag="v0.2.0")

    variant("mpi", default=True, description="Distribute fits over MPI ranks")
    variant("openmp", default=True, description="OpenMP backend of Kokkos")
    variant("tests", default=False, description="Build the tests")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("kokkos@4.6:5")
    depends_on("kokkos-kernels@4.6:5")
    depends_on("kokkos+openmp", when="+openmp")
    for arch in CudaPackage.cuda_arch_values:
        depends_on(f"kokkos+cuda cuda_arch={arch}", when=f"+cuda cuda_arch={arch}")
        depends_on(f"kokkos-kernels+cuda cuda_arch={arch}", when=f"+cuda cuda_arch={arch}")
    for target in ROCmPackage.amdgpu_targets:
        depends_on(f"kokkos+rocm amdgpu_target={target}", when=f"+rocm amdgpu_target={target}")
    depends_on("eigen@3.4:")
    depends_on("lapack")
    depends_on("yaml-cpp")
    depends_on("nlohmann-json@3.10:")
    depends_on("fmt@9:")
    depends_on("zlib-api")
    depends_on("hdf5@1.10:~mpi", when="~mpi")
    depends_on("hdf5@1.10:", when="+mpi")
    depends_on("cli11@2:")
    depends_on("mpi", when="+mpi")
    depends_on("googletest@1.12:+gmock", when="+tests")

    def cmake_args(self):
        args = [
            self.define("KOLACE_ENABLE_MPI", "ON" if self.spec.satisfies("+mpi") else "OFF"),
            self.define_from_variant("KOLACE_BUILD_TESTS", "tests"),
        ]
        if self.spec.satisfies("+cuda"):
            args.append(self.define("CMAKE_CXX_COMPILER", self["kokkos"].kokkos_cxx))
        elif self.spec.satisfies("+rocm"):
            args.append(self.define("CMAKE_CXX_COMPILER", self.spec["hip"].hipcc))
        return args
