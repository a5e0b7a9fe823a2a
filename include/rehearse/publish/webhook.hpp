#pragma once

#include "rehearse/publish/http_client.hpp"

#include <string>

namespace rehearse::publish {

// A notice in a team's channel, in Slack's form of an incoming webhook: {"text": ...}, which
// Mattermost, Rocket.Chat and others take, too. The address says who may write there, so that no
// message of an error has it. Throws Error(delivery) when the notice was not taken.
void post_to_webhook(HttpClient& client, const std::string& url, const std::string& text);
// Throws Error(usage) for what is no http address.
void check_webhook(const std::string& url);
// Over the network; tried again for as long as `patience` where the host fails for a while.
void post_to_webhook(const std::string& url, const std::string& text,
                     Millis patience = std::chrono::minutes(1));

}  // namespace rehearse::publish
