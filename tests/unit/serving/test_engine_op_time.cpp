#include <doctest/doctest.h>

#include <cmath>

#include "serving/engine_op_time.hpp"
#include "unit/serving/engine_fixture.hpp"

using namespace polyfleet;

namespace {

Op product(double m, double n, double k, Dtype dtype) {
  Op op;
  op.kind = OpKind::gemm;
  op.op_class = OpClass::mlp;
  op.dtype = dtype;
  op.m = m;
  op.n = n;
  op.k = k;
  return op;
}

Op small_kernel(OpClass op_class, Bytes read, Bytes written) {
  Op op;
  op.op_class = op_class;
  op.read = read;
  op.written = written;
  return op;
}

Seconds time_of(const Op& op, const EngineMachine& machine) {
  return inference_op_time(op, machine.kernels).time;
}

}  // namespace

TEST_CASE("weights stored narrower are read faster and multiplied no faster") {
  const EngineMachine machine = engine_machine("nv_h100_sxm");
  const Op wide = product(8, 8192, 8192, Dtype::bf16);
  Op narrow = wide;
  narrow.stored = Dtype::int4;
  const Seconds bandwidth_bound =
      8192.0 * 8192 * 0.5 * byte / machine.accelerator.memory_bandwidth->value;
  CHECK(time_of(narrow, machine) < time_of(wide, machine) * 0.6);
  CHECK(time_of(narrow, machine) > bandwidth_bound);
  Op many = product(16384, 8192, 8192, Dtype::bf16);
  const Seconds plain = time_of(many, machine);
  many.stored = Dtype::int4;
  CHECK(time_of(many, machine) == plain);
}

TEST_CASE("a narrow product never beats reading its weights nor its dense peak") {
  for (const char* id : {"nv_h100_sxm", "nv_b200", "amd_mi355x"}) {
    const EngineMachine machine = engine_machine(id);
    for (const Dtype dtype : {Dtype::bf16, Dtype::fp8, Dtype::mxfp8}) {
      for (const double m : {1.0, 16.0, 256.0, 4096.0}) {
        const Op op = product(m, 28672, 8192, dtype);
        const Seconds reading =
            28672.0 * 8192 * bytes_per_element(dtype) / machine.accelerator.memory_bandwidth->value;
        const Seconds arithmetic = op.flops() / machine.accelerator.dense_peak(dtype)->value;
        CHECK_MESSAGE(time_of(op, machine) >= reading * 0.95, id, " ", m);
        CHECK_MESSAGE(time_of(op, machine) >= arithmetic * 0.999, id, " ", m);
      }
    }
  }
}

TEST_CASE("a table that contains quantisation bounds the product from above") {
  const EngineMachine machine = engine_machine("nv_b200");
  const KernelCosts& kernels = machine.kernels;
  const GemmShape shape{.m = 16, .n = 8192, .k = 8192, .dtype = Dtype::fp8};
  GemmShape wide = shape, tiny{.m = 16, .n = 128, .k = 128, .dtype = Dtype::fp8};
  wide.dtype = Dtype::bf16;
  const Seconds launch = kernels.launch_latency();
  const Seconds below = (kernels.gemm(wide).time - launch) * 0.5 + launch;
  const Seconds narrow_floor = kernels.gemm_with_quantise(tiny).time;
  tiny.dtype = Dtype::bf16;
  const Seconds above =
      kernels.gemm_with_quantise(shape).time - (narrow_floor - kernels.gemm(tiny).time);
  const Seconds time = time_of(product(16, 8192, 8192, Dtype::fp8), machine);
  CHECK(above > below);
  CHECK(time / microsecond ==
        doctest::Approx(std::sqrt((above / microsecond) * (below / microsecond))));
}

TEST_CASE("products of one launch cost as the one product with their weights side by side") {
  const EngineMachine machine = engine_machine("nv_h100_sxm");
  Op batch = product(16 * 8, 512, 128, Dtype::bf16);
  batch.kind = OpKind::grouped_gemm;
  batch.op_class = OpClass::projection;
  batch.groups = 16;
  CHECK(time_of(batch, machine) == time_of(product(8, 512 * 16, 128, Dtype::bf16), machine));
}

TEST_CASE("experts that stream read touched weights only") {
  const EngineMachine machine = engine_machine("nv_b200");
  Op op = product(128, 4096, 7168, Dtype::nvfp4);
  op.kind = OpKind::grouped_gemm;
  op.op_class = OpClass::expert;
  op.groups = 64;
  EngineKernels kernels{.experts = ExpertKernels::streaming};
  const Seconds plain = inference_op_time(op, machine.kernels, kernels).time;
  // 64 (1 - (1 - 1/64)^128) = 55.5 experts of 16.5 MB
  const Seconds reading =
      55.47 * 4096 * 7168 * 0.5625 * byte / machine.accelerator.memory_bandwidth->value;
  CHECK(plain > reading);
  CHECK(plain < reading * 1.6);
  kernels.expert_overhead = 10 * microsecond;
  CHECK((inference_op_time(op, machine.kernels, kernels).time - plain) / microsecond ==
        doctest::Approx(5));
}

TEST_CASE("fused launches leave their traffic") {
  const EngineMachine machine = engine_machine("nv_h100_sxm");
  const ServingLayout layout{.tensor = 8};
  InferenceWork work;
  work.ops = {small_kernel(OpClass::norm, 1e6 * byte, 1e6 * byte),
              small_kernel(OpClass::cast, 1e6 * byte, 0.5e6 * byte)};
  const auto total = [&](const EngineKernels& kernels) {
    return work_time(work, {.machine = machine,
                            .collectives = machine.collectives_of(""),
                            .layout = layout,
                            .kernels = kernels})
        .total();
  };
  const Seconds plain = total({});
  const Seconds launch = small_kernel_latency(machine.kernels);
  CHECK((plain - total({.fuses_norm = true})) / launch == doctest::Approx(1));
  CHECK((plain - total({.fuses_norm = true, .fuses_quantise = true})) / launch ==
        doctest::Approx(2));
  CHECK(total({.fuses_norm = true, .fuses_quantise = true}) > 0 * second);
}

TEST_CASE("shared experts beside routed ones cost their reading") {
  const EngineMachine machine = engine_machine("nv_h100_sxm");
  const ServingLayout layout{.tensor = 8};
  InferenceWork work;
  work.ops = {product(4, 512, 7168, Dtype::bf16),
              small_kernel(OpClass::activation, 1e3 * byte, 1e3 * byte),
              product(4, 7168, 256, Dtype::bf16),
              small_kernel(OpClass::activation, 1e3 * byte, 1e3 * byte)};
  work.ops[0].op_class = work.ops[2].op_class = OpClass::shared_expert;
  const auto total = [&](const EngineKernels& kernels) {
    return work_time(work, {.machine = machine,
                            .collectives = machine.collectives_of(""),
                            .layout = layout,
                            .kernels = kernels})
        .total();
  };
  const Seconds saved = total({}) - total({.hides_shared_experts = true});
  const Seconds launch = small_kernel_latency(machine.kernels);
  CHECK(saved > launch * 2.9);  // two products and the activation between, not the one after
  CHECK(saved < launch * 6);
  CHECK(total({.hides_shared_experts = true}) > launch);
}

TEST_CASE("ranks of one replica are neighbours") {
  Comm comm;
  comm.ranks = 16;
  ServingLayout layout{.tensor = 16};
  CHECK(inference_rank_group(comm, layout, 8).per_domain == 8);
  comm.ranks = 4;
  comm.group = CommGroup::expert;
  layout = {.tensor = 8, .expert = 4};  // every second rank
  CHECK(inference_rank_group(comm, layout, 8).per_domain == 4);
  CHECK(inference_rank_group(comm, layout, 4).per_domain == 2);
  comm.group = CommGroup::pipeline;
  comm.ranks = 2;
  CHECK(inference_rank_group(comm, {.tensor = 8, .pipeline = 2}, 8).per_domain == 1);
  CHECK(inference_rank_group(comm, {.tensor = 4, .pipeline = 2}, 8).per_domain == 2);
}
