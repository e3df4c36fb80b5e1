#include "lambdas/event_queue.h"

#include <gtest/gtest.h>

#include "emulator/core/log.h"

namespace fractus::lambdas {
namespace {

class EventQueueTest : public ::testing::Test {
 protected:
  EventQueueTest() {
    SetLogLevel(LogLevel::kOff);
    clock_.Set(Time(std::chrono::hours(1000)));
    clock_.Freeze();
  }

  void Add(const std::string& request_id) {
    QueuedEvent event;
    event.function.id.name = "f";
    event.request_id = request_id;
    event.accepted = clock_.Now();
    queue_.Add(std::move(event));
  }

  // The oldest run ends.
  void Finish(Result<ports::InvocationResult> result) {
    auto done = std::move(running_.front());
    running_.pop_front();
    done(std::move(result));
  }
  static ports::InvocationResult Failed() {
    ports::InvocationResult result;
    result.function_error = "Unhandled";
    return result;
  }
  static ApiError Throttled() { return {"TooManyRequestsException", "Rate Exceeded.", 429}; }

  Clock clock_;
  std::vector<std::string> started_;
  std::deque<EventQueue::Done> running_;
  EventQueue queue_{clock_, [this](const QueuedEvent& event, EventQueue::Done done) {
                      started_.push_back(event.request_id);
                      running_.push_back(std::move(done));
                    }};
};

TEST_F(EventQueueTest, SuccessIsTheEnd) {
  Add("a");
  Finish(ports::InvocationResult());
  EXPECT_FALSE(queue_.RunDue(clock_.Now() + std::chrono::hours(24)));
  EXPECT_EQ(started_.size(), 1u);
}

TEST_F(EventQueueTest, FailureIsTriedAgainAfterOneThenTwoMinutes) {
  Add("a");
  Finish(Failed());
  EXPECT_EQ(queue_.RunDue(clock_.Now()), clock_.Now() + std::chrono::minutes(1));
  EXPECT_EQ(started_.size(), 1u);
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_FALSE(queue_.RunDue(clock_.Now()));
  EXPECT_EQ(started_.size(), 2u);
  Finish(Failed());
  EXPECT_EQ(queue_.RunDue(clock_.Now()), clock_.Now() + std::chrono::minutes(2));
  clock_.Advance(std::chrono::minutes(2));
  queue_.RunDue(clock_.Now());
  Finish(Failed());
  EXPECT_FALSE(queue_.RunDue(clock_.Now()));
  EXPECT_EQ(started_.size(), 3u);
}

TEST_F(EventQueueTest, RefusalsDoNotCountAsRunsAndWaitLongerEachTime) {
  Add("a");
  for (const int seconds : {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
    Finish(Throttled());
    EXPECT_EQ(queue_.RunDue(clock_.Now()), clock_.Now() + std::chrono::seconds(seconds));
    clock_.Advance(std::chrono::seconds(seconds));
    queue_.RunDue(clock_.Now());
  }
  Finish(Failed());
  EXPECT_EQ(queue_.RunDue(clock_.Now()), clock_.Now() + std::chrono::minutes(1));
}

TEST_F(EventQueueTest, SixHoursAreEnough) {
  Add("a");
  clock_.Advance(std::chrono::hours(6));
  Finish(Throttled());
  EXPECT_FALSE(queue_.RunDue(clock_.Now()));
}

TEST_F(EventQueueTest, EventsBeyondTheConcurrencyWaitInOrder) {
  for (int i = 0; i < EventQueue::kConcurrency + 2; ++i) Add(std::to_string(i));
  EXPECT_EQ(started_.size(), static_cast<size_t>(EventQueue::kConcurrency));
  Finish(ports::InvocationResult());
  Finish(ports::InvocationResult());
  EXPECT_EQ(started_.back(), std::to_string(EventQueue::kConcurrency + 1));
}

TEST_F(EventQueueTest, EventOfADeletedFunctionIsDropped) {
  Add("a");
  Finish(ApiError{"ResourceNotFoundException", "gone", 404});
  EXPECT_FALSE(queue_.RunDue(clock_.Now()));
}

// Each refusal starts the next event: that must not go deeper with every one of them.
TEST(EventQueueRefusalTest, ManyRefusedEventsDoNotExhaustTheStack) {
  Clock clock;
  clock.Freeze();
  std::deque<EventQueue::Done> running;
  int refused = 0;
  bool refuse = false;
  EventQueue queue(clock, [&](const QueuedEvent&, EventQueue::Done done) {
    if (!refuse) {
      running.push_back(std::move(done));
      return;
    }
    ++refused;
    done(ApiError{"TooManyRequestsException", "Rate Exceeded.", 429});
  });
  constexpr int kEvents = 200'000;
  for (int i = 0; i < kEvents + EventQueue::kConcurrency; ++i) {
    QueuedEvent event;
    event.function.id.name = "f";
    event.accepted = clock.Now();
    queue.Add(std::move(event));
  }
  refuse = true;
  running.front()(ports::InvocationResult());
  EXPECT_EQ(refused, kEvents);
}

}  // namespace
}  // namespace fractus::lambdas
