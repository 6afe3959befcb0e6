"""The HTTPS API: one router a resource, problem+json for every error."""
