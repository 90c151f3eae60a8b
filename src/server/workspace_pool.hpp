// Workspaces for the threads of a server: a Workspace is for one thread at a time and keeps what it
// has loaded, so they are lent, the last returned first. One that has loaded very much (requests
// may name any machine) is put away and a new one opened, so that memory is bounded.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "app/workspace.hpp"

namespace polyfleet {

class WorkspacePool {
 public:
  using Open = std::function<Result<std::unique_ptr<Workspace>>()>;
  /// At most `most` at once; `most_loaded`: Workspace::loaded() from which one is put away.
  WorkspacePool(Open open, std::size_t most, std::size_t most_loaded = 200);

  /// A workspace on loan; returned when it is destroyed.
  class Loan {
   public:
    Loan(WorkspacePool& pool, std::unique_ptr<Workspace> workspace)
        : pool_(&pool), workspace_(std::move(workspace)) {}
    Loan(Loan&&) = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan();
    Workspace& operator*() const { return *workspace_; }
    Workspace* operator->() const { return workspace_.get(); }
    /// Not to be lent again: it remembers files that may change.
    void use_up() { used_up_ = true; }

   private:
    WorkspacePool* pool_;
    std::unique_ptr<Workspace> workspace_;
    bool used_up_ = false;
  };

  /// Waits while all are lent. Errors: data that cannot be opened.
  Result<std::shared_ptr<Loan>> take();

 private:
  void put_back(std::unique_ptr<Workspace> workspace, bool used_up);
  void give_up();

  Open open_;
  std::size_t most_, most_loaded_;
  std::mutex guard_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Workspace>> free_;
  std::size_t lent_ = 0;
};

}  // namespace polyfleet
