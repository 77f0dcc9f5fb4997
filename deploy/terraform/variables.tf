terraform {
  required_version = ">= 1.5"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.20"
    }
  }
}

variable "project" {
  description = "Cloud Monitoring project, NANWATCH_GCP_PROJECT of the service."
  type        = string
}

variable "base_url" {
  description = "Where people reach the service, NANWATCH_BASE_URL, without a slash at the end."
  type        = string
}

variable "notification_channels" {
  description = "Resource names of the notification channels that are notified."
  type        = list(string)
  default     = []
}
