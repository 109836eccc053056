"""Printed graphics: a chart with bars or lines, and the map of the bay."""

import math

from PIL import ImageDraw

from tearsheet.newsroom.canvas import Canvas


def chart(canvas: Canvas) -> None:
    """Draw a printed chart: bars with the last in the accent colour, or two lines if the name says `lines`."""
    canvas.tone.paste(250, (0, 0, canvas.across, canvas.down))
    for row in range(6):
        canvas.line(
            [(0.08, 0.12 + row * 0.14), (0.94, 0.12 + row * 0.14)], 200 if row < 5 else 30, 0.0012 if row < 5 else 0.003
        )
    rng = canvas.rng
    accent = ImageDraw.Draw(canvas.accent)
    if "lines" not in canvas.words:
        heights = [0.16 + 0.5 * (index / 9) + rng.uniform(-0.07, 0.09) for index in range(10)]
        for index, height in enumerate(heights):
            left = 0.105 + index * 0.084
            canvas.box(left, 0.82 - height, left + 0.056, 0.82, 88)
            if index == 9:
                accent.rectangle((*canvas.point(left, 0.82 - height), *canvas.point(left + 0.056, 0.82)), fill=255)
        return
    for start, slope, grey in ((0.30, 0.42, 0), (0.26, 0.10, 120)):
        points = [
            (0.09 + 0.84 * step / 24, 0.82 - start - slope * (step / 24) ** 1.3 - rng.uniform(-0.022, 0.022))
            for step in range(25)
        ]
        if grey:
            canvas.line(points, grey, 0.005)
        else:
            accent.line([canvas.point(*point) for point in points], fill=255, width=16, joint="curve")


def chart_of_bay(canvas: Canvas) -> None:
    """Draw a map: land, soundings, five towns, and the barrier in the accent colour."""
    canvas.tone.paste(226, (0, 0, canvas.across, canvas.down))
    rng = canvas.rng
    for ring in range(7):
        reach = 1.0 - ring * 0.085
        outline = []
        for step in range(72):
            angle = 2 * math.pi * step / 72
            wobble = 1 + 0.09 * math.sin(3 * angle + 1) + 0.06 * math.sin(7 * angle) + rng.uniform(-0.008, 0.008)
            outline.append(
                (0.46 + 0.37 * reach * wobble * math.cos(angle), 0.5 + 0.42 * reach * wobble * math.sin(angle))
            )
        canvas.shape(outline, 252 if ring == 0 else 250 - 8 * ring)
        canvas.line([*outline, outline[0]], 60 if ring == 0 else 170, 0.0032 if ring == 0 else 0.0012)
    canvas.shape([(0.80, 0.40), (1, 0.34), (1, 0.70), (0.80, 0.62)], 250)
    accent = ImageDraw.Draw(canvas.accent)
    for gate in range(14):
        y = 0.405 + gate * 0.0152
        accent.rectangle((*canvas.point(0.815, y), *canvas.point(0.830, y + 0.010)), fill=255)
    for x, y in ((0.13, 0.42), (0.28, 0.16), (0.55, 0.10), (0.30, 0.87), (0.62, 0.88)):
        left, top = canvas.point(x, y)
        canvas.pen.ellipse((left - 20, top - 20, left + 20, top + 20), fill=20)
        canvas.pen.ellipse((left - 9, top - 9, left + 9, top + 9), fill=250)
    canvas.line([(0.07, 0.92), (0.27, 0.92)], 30, 0.004)
    for mark in range(5):
        canvas.line([(0.07 + mark * 0.05, 0.905), (0.07 + mark * 0.05, 0.92)], 30, 0.003)
