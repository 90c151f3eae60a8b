#include "server/workspace_pool.hpp"

namespace polyfleet {

WorkspacePool::WorkspacePool(Open open, std::size_t most, std::size_t most_loaded)
    : open_(std::move(open)), most_(most), most_loaded_(most_loaded) {}

WorkspacePool::Loan::~Loan() {
  if (workspace_ != nullptr) pool_->put_back(std::move(workspace_));
}

Result<std::shared_ptr<WorkspacePool::Loan>> WorkspacePool::take() {
  std::unique_ptr<Workspace> workspace;
  {
    std::unique_lock lock(guard_);
    returned_.wait(lock, [this] { return lent_ < most_; });
    ++lent_;
    if (!free_.empty()) {
      workspace = std::move(free_.back());
      free_.pop_back();
    }
  }
  if (workspace == nullptr) {
    Result<std::unique_ptr<Workspace>> opened = open_();
    if (!opened) {
      const std::lock_guard lock(guard_);
      --lent_;
      returned_.notify_one();
      return opened.problems();
    }
    workspace = *std::move(opened);
  }
  return std::make_shared<Loan>(*this, std::move(workspace));
}

void WorkspacePool::put_back(std::unique_ptr<Workspace> workspace) {
  workspace->lend_models({});
  const bool keeps = workspace->loaded() <= most_loaded_;
  {
    const std::lock_guard lock(guard_);
    --lent_;
    if (keeps) free_.push_back(std::move(workspace));
  }
  returned_.notify_one();
}

}  // namespace polyfleet
