// Service times of images and videos: sums, proportions, and what is refused.
#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include "catalogue/catalogue.hpp"
#include "serving/media_model.hpp"
#include "serving/media_work.hpp"
#include "workload/model_reader.hpp"

namespace polyfleet {
namespace {

const std::filesystem::path kData = std::filesystem::path(POLYFLEET_SOURCE_DIR) / "data";

const Machine& h100() {
  static const Result<Machine> machine = [] {
    const Result<Catalogue> catalogue = load_catalogue(kData);
    REQUIRE(catalogue);
    return load_machine(*catalogue->accelerator("nv_h100_sxm"), *catalogue->system("hgx_h100"),
                        kData);
  }();
  REQUIRE(machine);
  return *machine;
}

/// A question and everything it points to.
struct Setting {
  ModelSpec model;
  std::vector<MediaPipeline> pipelines;
  std::vector<MediaEngine> engines;
  MediaQuestion question;

  explicit Setting(const std::string& id) {
    auto read = load_model(kData / "models" / (id + ".toml"));
    auto known_pipelines = load_media_pipelines(kData);
    auto known_engines = load_media_engines(kData);
    REQUIRE(read);
    REQUIRE(known_pipelines);
    REQUIRE(known_engines);
    model = std::move(*read);
    pipelines = std::move(*known_pipelines);
    engines = std::move(*known_engines);
    question.model = &model;
    question.machine = &h100();
    question.pipeline = pipeline_of(pipelines, model.id);
    question.engine = &engines.front();
  }
  Setting(const Setting&) = delete;
  std::unique_ptr<MediaModel> made() const {
    auto model_of_it = MediaModel::make(question);
    REQUIRE(model_of_it);
    return std::move(*model_of_it);
  }
};

const ServingRequest::Media kModelVideo{81, 480, 832, 50, 2};

}  // namespace

TEST_CASE("Every diffusion transformer of the catalogue has a pipeline") {
  const auto pipelines = load_media_pipelines(kData);
  REQUIRE(pipelines);
  int diffusion = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kData / "models")) {
    const auto model = load_model(entry.path());
    REQUIRE(model);
    if (!model->diffusion) continue;
    ++diffusion;
    CAPTURE(model->id);
    const MediaPipeline* pipeline = pipeline_of(*pipelines, model->id);
    REQUIRE(pipeline != nullptr);
    CHECK(pipeline->decoder.latent_channels == model->diffusion->latent_channels);
    // as many upsamplings as the latents are smaller than the pixels
    const auto levels = static_cast<double>(pipeline->decoder.channels.size()) - 1;
    CHECK(std::exp2(levels) * pipeline->decoder.pixel_patch ==
          static_cast<double>(model->diffusion->vae_spatial));
  }
  CHECK(diffusion >= 8);
  CHECK(pipeline_of(*pipelines, "llama3.1-8b") == nullptr);
}

TEST_CASE("A request takes the sum of its parts, and steps and passes multiply the forward") {
  const Setting setting("wan2.1-t2v-14b");
  const auto model = setting.made();
  const MediaBreakdown parts = model->explain(kModelVideo);
  CHECK(parts.total / second ==
        doctest::Approx((parts.text + parts.products + parts.attention + parts.small_kernels +
                         parts.communication + parts.host + parts.decoding) /
                        second));
  CHECK(model->service_time(kModelVideo) == picos_of(parts.total));
  CHECK(model->service_time(kModelVideo) == picos_of(parts.total));  // looked up
  const Seconds once = parts.text + parts.decoding;
  ServingRequest::Media shorter = kModelVideo;
  shorter.steps = 25;
  CHECK((model->explain(shorter).total - once) / second ==
        doctest::Approx((parts.total - once) / second / 2));
  shorter.guidance_passes = 1;
  CHECK((model->explain(shorter).total - once) / second ==
        doctest::Approx((parts.total - once) / second / 4));
  CHECK(model->service_time(shorter) == picos_of(model->explain(shorter).total));
  CHECK(parts.log_sigma > 0);
  CHECK(parts.log_sigma < 1);
}

TEST_CASE("More accelerators shorten the forward, never the rest, and cost communication") {
  Setting setting("hunyuanvideo");
  const ServingRequest::Media video{129, 720, 1280, 50, 1};
  const MediaBreakdown alone = setting.made()->explain(video);
  setting.question.accelerators = 8;
  const MediaBreakdown shared = setting.made()->explain(video);
  CHECK(alone.communication == 0 * second);
  CHECK(shared.communication > 0 * second);
  CHECK(shared.decoding == alone.decoding);
  CHECK(shared.total < alone.total / 5);
  CHECK(shared.total > alone.total / 8);
  // arithmetic is bounded by the dense peak
  CHECK(shared.attention > alone.attention / 8.5);
}

TEST_CASE("The host's launch of a block is a floor, and compilation lifts it") {
  Setting setting("flux.1-dev");
  const ServingRequest::Media image{1, 1024, 1024, 28, 1};
  setting.question.accelerators = 4;
  const MediaBreakdown eager = setting.made()->explain(image);
  CHECK(eager.host > 0 * second);
  // 57 blocks, embedding and head
  CHECK((eager.total - eager.text - eager.decoding) / second >= 28 * 59 * 2.6e-3 - 1e-9);
  for (const MediaEngine& engine : setting.engines) {
    if (engine.id == "compiled") setting.question.engine = &engine;
  }
  const MediaBreakdown compiled = setting.made()->explain(image);
  CHECK(compiled.host == 0 * second);
  CHECK(compiled.small_kernels < eager.small_kernels / 4);
}

TEST_CASE("A ring shows only what attention does not cover") {
  Setting setting("hunyuanvideo");
  MediaEngine ring = setting.engines.front();
  ring.sequence_parallel = SequenceParallel::ring;
  setting.question.engine = &ring;
  setting.question.accelerators = 8;
  // 119,000 tokens: seconds of attention cover megabytes of keys and values
  const ServingRequest::Media video{129, 720, 1280, 1, 1};
  CHECK(setting.made()->explain(video).communication == 0 * second);
  // a thumbnail: latencies are longer than its attention
  const ServingRequest::Media small{1, 128, 128, 1, 1};
  const MediaBreakdown parts = setting.made()->explain(small);
  CHECK(parts.communication > 0 * second);
}

TEST_CASE("The decoder runs at the smaller of a share of the peak and a rate of its units") {
  const Setting setting("hunyuanvideo");
  const ServingRequest::Media video{129, 720, 1280, 1, 1};
  const Flops work =
      decoder_flops(setting.question.pipeline->decoder, *setting.model.diffusion, video);
  // 132 units at 0.61 TFLOP/s bind before 0.3 of 989 TFLOP/s
  CHECK(setting.made()->explain(video).decoding / second ==
        doctest::Approx(work / flop / (132 * 0.61e12)));
  const Setting image("flux.1-dev");
  const ServingRequest::Media picture{1, 1024, 1024, 1, 1};
  const Flops small =
      decoder_flops(image.question.pipeline->decoder, *image.model.diffusion, picture);
  CHECK(image.made()->explain(picture).decoding / second ==
        doctest::Approx(small / flop /
                        (0.22 * (h100().accelerator.dense_peak(Dtype::bf16)->value.base()))));
}

TEST_CASE("Narrow products are faster, slower software slower") {
  Setting setting("wan2.1-t2v-14b");
  const MediaBreakdown wide = setting.made()->explain(kModelVideo);
  setting.question.linear = Dtype::fp8;
  CHECK(setting.made()->explain(kModelVideo).products < wide.products * 0.8);
  setting.question.linear = Dtype::bf16;
  setting.question.maturity = 1.5;
  const MediaBreakdown slow = setting.made()->explain(kModelVideo);
  CHECK(slow.attention / second == doctest::Approx(1.5 * (wide.attention / second)));
  CHECK(slow.decoding / second == doctest::Approx(1.5 * (wide.decoding / second)));
}

TEST_CASE("Weights of transformers and encoders must fit on every accelerator") {
  // 12 billion of FLUX.1, 4.6 of T5-XXL and 0.1 of CLIP in matrices, two bytes each
  const Setting flux("flux.1-dev");
  CHECK(flux.made()->weights() / byte ==
        doctest::Approx(2 * (11.9e9 + 4.63e9 + 0.09e9)).epsilon(0.02));
  CHECK(flux.made()->fits_in_memory());
  CHECK(flux.made()->misfit().empty());
  // Wan 2.2 A14B holds two transformers of 14 billion
  Setting two("wan2.2-t2v-a14b");
  const Setting one("wan2.1-t2v-14b");
  CHECK((two.made()->weights() - one.made()->weights()) / byte ==
        doctest::Approx(2 * 14.3e9).epsilon(0.02));
  MediaPipeline many = *two.question.pipeline;
  many.transformers = 4;
  two.question.pipeline = &many;
  CHECK_FALSE(two.made()->fits_in_memory());
  CHECK(two.made()->misfit().find("weights need 1") == 0);
}

TEST_CASE("What cannot be served is diagnosed") {
  Setting setting("hunyuanvideo");
  setting.question.accelerators = 5;  // 24 heads
  auto refused = MediaModel::make(setting.question);
  REQUIRE_FALSE(refused);
  CHECK(refused.problems().front().what == "24 heads cannot be dealt to 5 accelerators");
  MediaEngine ring = setting.engines.front();
  ring.sequence_parallel = SequenceParallel::ring;
  setting.question.engine = &ring;
  CHECK(MediaModel::make(setting.question).has_value());
  const auto llama = load_model(kData / "models/llama3.1-8b.toml");
  REQUIRE(llama);
  setting.question.model = &*llama;
  refused = MediaModel::make(setting.question);
  REQUIRE_FALSE(refused);
  CHECK(refused.problems().front().what == "llama3.1-8b makes no images or video");
}

TEST_CASE("Faulty pipeline files are diagnosed") {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / "polyfleet_media_faulty";
  std::filesystem::create_directories(folder / "media");
  CHECK_FALSE(load_media_pipelines(folder).has_value());  // none
  std::ofstream(folder / "media" / "broken.toml") << "id = \"x\"\nmodels = [\"m\"]\ncolour = 3\n";
  const auto read = load_media_pipelines(folder);
  REQUIRE_FALSE(read);
  CHECK(to_text(read.problems()).find("colour") != std::string::npos);
  CHECK(to_text(read.problems()).find("decoder") != std::string::npos);
  CHECK_FALSE(load_media_engines(folder).has_value());
  std::filesystem::remove_all(folder);
}

}  // namespace polyfleet
