#include "server/workspace_pool.hpp"

#include <exception>

namespace polyfleet {

WorkspacePool::WorkspacePool(Open open, std::size_t most, std::size_t most_loaded)
    : open_(std::move(open)), most_(most), most_loaded_(most_loaded) {}

/// A workspace in the middle of which an exception came up may hold half of something.
WorkspacePool::Loan::~Loan() {
  if (workspace_ != nullptr)
    pool_->put_back(std::move(workspace_), used_up_ || std::uncaught_exceptions() > 0);
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
    Result<std::unique_ptr<Workspace>> opened = problem("no workspace");
    try {
      opened = open_();
    } catch (...) {
      give_up();
      throw;
    }
    if (!opened) {
      give_up();
      return opened.problems();
    }
    workspace = *std::move(opened);
  }
  return std::make_shared<Loan>(*this, std::move(workspace));
}

void WorkspacePool::give_up() {
  {
    const std::lock_guard lock(guard_);
    --lent_;
  }
  returned_.notify_one();
}

void WorkspacePool::put_back(std::unique_ptr<Workspace> workspace, bool used_up) {
  if (used_up) return give_up();
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
