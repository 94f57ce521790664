"""What is kept of a learner: attempts at problems, notes, steps revealed, pages seen."""

from django.conf import settings
from django.db import models

__all__ = ["Attempt", "Learner", "Note", "Progress", "Visit"]


class Learner(models.Model):
    """Somebody who learns: bound to a browser's session, and to an account once there are any.

    ``stream`` is the one they chose or the self-test suggested; empty before that.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="learner"
    )
    stream = models.CharField(max_length=40, blank=True, default="")
    created = models.DateTimeField(auto_now_add=True)


class Attempt(models.Model):
    """One answer to one drawing of a problem: ``problem`` is its address, ``04-b-factor``."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="attempts")
    problem = models.CharField(max_length=120)
    seed = models.BigIntegerField()
    typed = models.TextField()
    right = models.BooleanField()
    hints = models.PositiveSmallIntegerField(default=0)
    when = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest last; found by learner and problem."""

        ordering = ("when",)
        indexes = (models.Index(fields=["learner", "problem"]),)


class Note(models.Model):
    """What a learner wrote to a question: ``question`` is the address of a problem or of a page's question."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="notes")
    question = models.CharField(max_length=200)
    text = models.TextField()
    points = models.JSONField(default=list)  # places of the checklist's points that the learner ticked
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        """One note for each question."""

        ordering = ("question",)
        constraints = (models.UniqueConstraint(fields=["learner", "question"], name="one_note_a_question"),)


class Progress(models.Model):
    """How many steps of a derivation, or hints of a drawing, a learner has revealed."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="progress")
    key = models.CharField(max_length=200)
    steps = models.PositiveSmallIntegerField(default=0)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        """One count for each key."""

        constraints = (models.UniqueConstraint(fields=["learner", "key"], name="one_count_a_key"),)


class Visit(models.Model):
    """When a learner last opened a meeting's page: ``page`` is its address, ``04-phase-contrast/blur``."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="visits")
    page = models.CharField(max_length=120)
    when = models.DateTimeField(auto_now=True)

    class Meta:
        """Newest first; one for each page."""

        ordering = ("-when",)
        constraints = (models.UniqueConstraint(fields=["learner", "page"], name="one_visit_a_page"),)
