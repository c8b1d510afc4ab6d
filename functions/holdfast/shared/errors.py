"""An error says who must act; queues and state machines retry on its class."""


class GovernanceError(Exception):
    """Base of every error raised on purpose."""


class ContractError(GovernanceError):
    """An event or record breaks its promise: a producer must act."""


class ConfigurationError(GovernanceError):
    """A setting, permission or resource is missing: an operator must act."""


class IntegrityError(GovernanceError):
    """The ledger does not verify: an auditor must act."""


class TransientError(GovernanceError):
    """AWS asked us to come back later: retry."""
